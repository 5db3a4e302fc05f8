#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/connection_url.h"

namespace paripassu {

/// How another program wants to be told which database to use.
enum class ClientUrlForm {
  url,         ///< ours: `postgres://user:password@host:5432/database`
  sqlalchemy,  ///< `postgresql+psycopg2://…`, `mssql+pyodbc://…`
  libpq,       ///< `host='…' dbname='…'`
  odbc,        ///< `Driver=…;Server=…;Database=…`
  jdbc,        ///< `jdbc:postgresql://…`
  ado,         ///< .NET: `Host=…;Database=…`, `Server=…;Database=…`
};

/// "url", "sqlalchemy", "libpq", "odbc", "jdbc", "ado".
const std::vector<std::string>& client_url_form_words();
/// Throws Error(internal) for a word that is not one of them.
ClientUrlForm client_url_form_from_string(std::string_view word);

/// `text` as a part of a URL: everything but letters, digits, `-._~` and `also_plain` percent-encoded.
std::string percent_encoded(std::string_view text, std::string_view also_plain = "");

/// The whole URL with its password, for the environment of another program: never to be printed. Reading it gives the
/// same URL again.
std::string text_with_password(const ConnectionUrl& url);

}  // namespace paripassu
