// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @notice The id of a fixing: `keccak256(abi.encode(chainId, oracle, fixing))`.
type FixingId is bytes32;

/// @notice One index at one maturity under one set of parameters: what the oracle settles.
/// The struct is never stored; every call passes it and the oracle hashes it to its id.
struct Fixing {
    /// keccak256 of the RFC 8785 canonical JSON of the index document. Non-zero.
    bytes32 indexId;
    /// The instant whose index value is wanted, in seconds. < 2^39.
    uint64 maturity;
    /// The costly fallback. Non-zero.
    address arbitrator;
    /// The fallback's fallback, whose turn comes after `arbitrationLimit`. Non-zero, not `arbitrator`.
    address backup;
    /// Optional `IOpenInterest`, read when a value is proposed; 0 = none.
    address openInterest;
    /// The least bond of a proposal, bond-token wei. 1e9 .. 2^80 and `2 minBond >= 5 arbitrationFee`.
    uint128 minBond;
    /// What the ruling arbitrator is paid (F), bond-token wei. >= 1.
    uint128 arbitrationFee;
    /// The bond as a share of the open interest, in parts per million. <= 100 000.
    uint32 bondPpm;
    /// How long a proposal can be disputed, seconds. 10 min .. 30 d.
    uint32 firstWindow;
    /// How long every later leader can be disputed, seconds. 10 min .. 30 d.
    uint32 window;
    /// The least distance between two candidates, ppm of the smaller. 1 .. bandPpm.
    uint32 separationPpm;
    /// How far from the ruling a candidate may be and still win, ppm of the smaller. <= 200 000.
    uint32 bandPpm;
    /// After maturity + this, anyone may request arbitration of a fixing nobody proposed, seconds. 10 min .. 30 d.
    uint32 proposalGrace;
    /// How long each arbitrator has, seconds. 1 d .. 60 d.
    uint32 arbitrationLimit;
}

/// @notice Where a fixing stands. Derived from stored facts and the time; see R-110.
enum Phase {
    Pending,
    Open,
    Active,
    Arbitration,
    Settled
}

/// @notice What a receipt is for.
enum Kind {
    Stake,
    Appeal,
    Request,
    Fund
}

/// @notice How a fixing was settled.
enum Outcome {
    None,
    Timeout,
    Ruling,
    Expiry
}

