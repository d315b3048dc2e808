DROP TABLE unicom_owed_histories;
