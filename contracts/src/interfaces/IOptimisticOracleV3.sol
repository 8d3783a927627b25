// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title UMA's optimistic oracle, version 3, as far as it is called here
/// @notice Takes a claim and a bond; if nobody disputes it in time it is true, else UMA's token holders vote.
/// https://docs.uma.xyz/developers/optimistic-oracle-v3
interface IOptimisticOracleV3 {
    /// @notice Asserts `claim` for `asserter`, who gets the bond back; the caller pays it. Reverts if the currency or the
    /// identifier is not on UMA's lists, if the bond is too low, or if the same was asserted in this second.
    function assertTruth(
        bytes memory claim,
        address asserter,
        address callbackRecipient,
        address escalationManager,
        uint64 liveness,
        IERC20 currency,
        uint256 bond,
        bytes32 identifier,
        bytes32 domainId
    ) external returns (bytes32 assertionId);

    /// @notice The identifier under which its voters know claims that are true or false.
    function defaultIdentifier() external view returns (bytes32);

    /// @notice The least bond, in `currency`.
    function getMinimumBond(address currency) external view returns (uint256);
}
