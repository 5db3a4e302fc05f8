ALTER TABLE dbo.staff ADD salary decimal(10, 2) NOT NULL CONSTRAINT df_staff_salary DEFAULT 0;
GO
UPDATE dbo.staff SET salary = salary_cents / 100.0;
ALTER TABLE dbo.staff DROP CONSTRAINT IF EXISTS df_staff_salary_cents;
ALTER TABLE dbo.staff DROP COLUMN salary_cents;
GO
