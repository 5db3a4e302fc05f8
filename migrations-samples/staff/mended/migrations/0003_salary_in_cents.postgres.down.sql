ALTER TABLE staff ADD COLUMN salary numeric(10, 2) NOT NULL DEFAULT 0;
UPDATE staff SET salary = salary_cents / 100.0;
ALTER TABLE staff DROP COLUMN salary_cents;
