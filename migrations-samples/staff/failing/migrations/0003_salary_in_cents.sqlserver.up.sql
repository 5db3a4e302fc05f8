ALTER TABLE dbo.staff ADD salary_cents bigint NOT NULL CONSTRAINT df_staff_salary_cents DEFAULT 0;
GO
UPDATE dbo.staff SET salary_cents = CAST(salary * 100 AS bigint);
ALTER TABLE dbo.staff DROP CONSTRAINT IF EXISTS df_staff_salary;
ALTER TABLE dbo.staff DROP COLUMN salary;
GO
