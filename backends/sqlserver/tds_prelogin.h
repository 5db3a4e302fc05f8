#pragma once

#include <array>

namespace paripassu::sqlserver {

/// The first packet of TDS, which every server answers before anybody logs in: MS-TDS 2.2.6.5 (PRELOGIN) and 2.2.3.1
/// (packet header). Says nothing of the user.
inline constexpr std::array<unsigned char, 26> kTdsPrelogin = {
    0x12, 0x01, 0x00, 26,   0x00, 0x00, 0x00, 0x00,  // PRELOGIN, last packet, length
    0x00, 0x00, 11,   0x00, 6,                       // VERSION at 11, 6 bytes
    0x01, 0x00, 17,   0x00, 1,                       // ENCRYPTION at 17, 1 byte
    0xFF,                                            // end of options
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00,              // client version
    0x02,                                            // encryption not supported
};

/// Type of the packet with which a server answers it.
inline constexpr unsigned char kTdsTabularResult = 0x04;

}  // namespace paripassu::sqlserver
