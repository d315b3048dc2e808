DROP TABLE unicom_streams;
