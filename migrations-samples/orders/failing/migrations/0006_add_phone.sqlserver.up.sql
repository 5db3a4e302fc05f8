ALTER TABLE dbo.customers ADD phone nvarchar(40) NULL;
GO
CREATE INDEX ix_customers_phone ON dbo.customers (phone) WHERE phone IS NOT NULL;
GO
