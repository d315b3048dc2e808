#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unicom_fuzz::identity_tokens(data));
