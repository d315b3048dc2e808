DROP TABLE unicom_api_tokens;
