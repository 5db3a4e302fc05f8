CREATE TABLE dbo.staff (
  id int NOT NULL,
  name nvarchar(100) NOT NULL,
  salary decimal(10, 2) NOT NULL CONSTRAINT df_staff_salary DEFAULT 0,
  CONSTRAINT pk_staff PRIMARY KEY (id)
);
