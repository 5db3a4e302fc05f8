ALTER TABLE sessions ALTER COLUMN address TYPE varchar(45);
