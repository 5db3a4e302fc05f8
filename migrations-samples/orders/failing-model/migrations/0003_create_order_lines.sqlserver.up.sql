CREATE TABLE dbo.order_lines (
  order_id bigint NOT NULL,
  line_number int NOT NULL,
  article nvarchar(60) NOT NULL,
  price decimal(12, 2) NOT NULL,
  CONSTRAINT pk_order_lines PRIMARY KEY (order_id, line_number),
  CONSTRAINT fk_order_lines_orders FOREIGN KEY (order_id) REFERENCES dbo.orders (id) ON DELETE CASCADE,
  CONSTRAINT ck_order_lines_price CHECK (price >= 0)
);
GO
