ALTER TABLE dbo.staff ADD salary decimal(10, 2) NULL;
GO
UPDATE dbo.staff SET salary = salary_cents / 100.0;
ALTER TABLE dbo.staff ALTER COLUMN salary decimal(10, 2) NOT NULL;
ALTER TABLE dbo.staff DROP COLUMN salary_cents;
GO
