ALTER TABLE staff ADD COLUMN salary_cents bigint NOT NULL DEFAULT 0;
UPDATE staff SET salary_cents = CAST(salary * 100 AS bigint);
ALTER TABLE staff DROP COLUMN salary;
