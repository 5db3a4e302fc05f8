CREATE TYPE dbo.staff_rank FROM nvarchar(20);
GO
ALTER TABLE dbo.staff ADD rank dbo.staff_rank NOT NULL CONSTRAINT df_staff_rank DEFAULT N'junior';
GO
ALTER TABLE dbo.staff ADD CONSTRAINT ck_staff_rank CHECK (rank IN (N'junior', N'senior', N'principal'));
GO
