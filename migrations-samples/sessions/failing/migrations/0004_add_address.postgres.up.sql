ALTER TABLE sessions ADD COLUMN address varchar(45);
