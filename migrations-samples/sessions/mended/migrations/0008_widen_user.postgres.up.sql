ALTER TABLE sessions ALTER COLUMN user_name TYPE varchar(200);
