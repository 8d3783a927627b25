// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

/// @notice What an owner registers a reporter with.
struct Registration {
    /// Who tops up, rotates, leaves and withdraws, and whom rewards are paid to. A key kept cold, or a contract.
    address owner;
    /// Whose signature makes an observation this reporter's. A key of an account kept hot.
    address signer;
    /// Binary libp2p peer id, 1 .. 64 bytes. Warning: only checked for its length; peers prove theirs by the
    /// connection's handshake.
    bytes peerId;
    /// Bond-token wei.
    uint128 stake;
    /// The BLS12-381 key that reports are co-signed with, a point of G1.
    BLS.G1Point key;
    /// Last second at which the consents of owner and signer hold: without it a registration could be repeated years
    /// later with keys that are kept no more.
    uint64 deadline;
}

/// @notice A reporter as it is seen at some time.
struct Reporter {
    /// Where it stands in the registry, 0 .. 179.
    uint8 index;
    /// See `Registration`; zero for an index that is vacant.
    address owner;
    /// See `Registration`.
    address signer;
    /// First instant as a reporter, seconds.
    uint64 activeTime;
    /// First instant no longer as a reporter, seconds; `type(uint64).max` until it leaves.
    uint64 inactiveTime;
    /// Bond-token wei; 0 once slashed.
    uint128 stake;
    /// See `Registration`.
    bytes peerId;
    /// See `Registration`.
    BLS.G1Point key;
}
