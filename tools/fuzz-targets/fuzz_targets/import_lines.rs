#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| unicom_fuzz::import_lines(data));
