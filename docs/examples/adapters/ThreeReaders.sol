// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IResultsById} from "assize/contracts/src/interfaces/consumers/IResultsById.sol";
import {Fixing, FixingId} from "assize/contracts/src/types/Fixing.sol";

/// @title One fixing, read by its id in each of three ways
contract ThreeReaders {
    IResultsById public immutable RESULTS;
    bytes32 public immutable ID;

    error NotYet();

    constructor(IResultsById results, Fixing memory fixing) {
        RESULTS = results;
        // Announced here, as `results` announces nothing: nodes protect only what was.
        ID = FixingId.unwrap(results.ORACLE().create(fixing));
    }

    /// @notice As readers of EIP-2362. (false, 0) is INVALID, in all three; before the settlement they revert.
    function byEip2362() external view returns (bool hasValue, uint256 value) {
        (int256 got,, uint256 status) = RESULTS.valueFor(ID);
        if (status == 404) revert NotYet();
        return status == 200 ? (true, uint256(got)) : (false, 0);
    }

    /// @notice As readers of Reality.eth.
    function byReality() external view returns (bool hasValue, uint256 value) {
        if (!RESULTS.isFinalized(ID)) revert NotYet();
        uint256 result = uint256(RESULTS.resultFor(ID));
        return result == type(uint256).max ? (false, 0) : (true, result);
    }

    /// @notice By the plain getter, which alone does not tell "not yet" from "never".
    function byGetter() external view returns (bool hasValue, uint256 value) {
        if (!RESULTS.isFinalized(ID)) revert NotYet();
        return RESULTS.getResolvedValue(ID);
    }
}
