ALTER TABLE dbo.staff DROP CONSTRAINT ck_staff_rank, df_staff_rank;
GO
ALTER TABLE dbo.staff DROP COLUMN rank;
GO
