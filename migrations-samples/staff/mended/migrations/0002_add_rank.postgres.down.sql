ALTER TABLE staff DROP COLUMN rank;
DROP TYPE staff_rank;
