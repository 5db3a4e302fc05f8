CREATE TABLE dbo.users (
  id int NOT NULL,
  email nvarchar(200) NOT NULL,
  display_name nvarchar(100) NOT NULL,
  CONSTRAINT pk_users PRIMARY KEY (id),
  CONSTRAINT uq_users_email UNIQUE (email)
);
