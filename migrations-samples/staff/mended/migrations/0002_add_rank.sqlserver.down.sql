ALTER TABLE dbo.staff DROP CONSTRAINT ck_staff_rank;
ALTER TABLE dbo.staff DROP CONSTRAINT IF EXISTS df_staff_rank;
GO
ALTER TABLE dbo.staff DROP COLUMN rank;
GO
DROP TYPE dbo.staff_rank;
GO
