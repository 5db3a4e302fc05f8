ALTER TABLE dbo.staff ADD salary_cents bigint NULL;
GO
UPDATE dbo.staff SET salary_cents = CAST(salary * 100 AS bigint);
ALTER TABLE dbo.staff ALTER COLUMN salary_cents bigint NOT NULL;
ALTER TABLE dbo.staff DROP COLUMN salary;
GO
