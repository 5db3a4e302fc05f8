CREATE TYPE staff_rank AS ENUM ('junior', 'senior', 'principal');
ALTER TABLE staff ADD COLUMN rank staff_rank NOT NULL DEFAULT 'junior';
