CREATE TABLE dbo.orders (
  id bigint IDENTITY(1,1) NOT NULL,
  customer_id bigint NOT NULL,
  state nvarchar(20) NOT NULL DEFAULT N'new',
  placed_at datetime2(3) NOT NULL,
  note nvarchar(max),
  CONSTRAINT pk_orders PRIMARY KEY (id),
  CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES dbo.customers (id),
  CONSTRAINT ck_orders_state CHECK (state IN (N'new', N'paid', N'shipped'))
);
GO
