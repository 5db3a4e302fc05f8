ALTER TABLE staff ADD COLUMN salary_cents bigint;
UPDATE staff SET salary_cents = CAST(salary * 100 AS bigint);
ALTER TABLE staff ALTER COLUMN salary_cents SET NOT NULL;
ALTER TABLE staff DROP COLUMN salary;
