CREATE TABLE order_lines (
  order_id bigint NOT NULL,
  line_number integer NOT NULL,
  article varchar(60) NOT NULL,
  price numeric(12, 2) NOT NULL,
  CONSTRAINT pk_order_lines PRIMARY KEY (order_id, line_number),
  CONSTRAINT fk_order_lines_orders FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT ck_order_lines_price CHECK (price >= 0)
);
