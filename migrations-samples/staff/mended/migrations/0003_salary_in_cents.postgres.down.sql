ALTER TABLE staff ADD COLUMN salary numeric(10, 2);
UPDATE staff SET salary = salary_cents / 100.0;
ALTER TABLE staff ALTER COLUMN salary SET NOT NULL;
ALTER TABLE staff DROP COLUMN salary_cents;
