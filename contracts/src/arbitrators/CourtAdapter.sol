// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {IOracleConstants} from "../interfaces/IOracleConstants.sol";
import {Fixing} from "../types/Fixing.sol";

/// @title What the arbitrators share that ask a court elsewhere
/// @notice They keep what the court says, and bring it to the oracle in a call of its own: whatever the oracle answers never
/// blocks the court.
abstract contract CourtAdapter is IArbitrator, ERC165, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice The only oracle it rules for.
    IMaturityOracle public immutable ORACLE;
    /// @notice What that oracle pays the fee in.
    IERC20 public immutable BOND_TOKEN;

    uint256 private immutable DECLARED_COST;
    uint256 private immutable LEAST_TURN;
    uint256 private immutable LEAST_FEE;

    /// @param oracle the only oracle it rules for; its bond token is read here.
    /// @param declaredCost bond-token wei, as published by whoever deploys: an assertion, see `costOfCorruption`.
    /// @param leastTurn seconds of `arbitrationLimit` without which the court may not be done in time: such fixings it does not secure.
    /// @param leastFee bond-token wei of `arbitrationFee` without which nobody may ask the court: such fixings it does not secure.
    constructor(IMaturityOracle oracle, uint256 declaredCost, uint256 leastTurn, uint256 leastFee) {
        ORACLE = oracle;
        BOND_TOKEN = IOracleConstants(address(oracle)).BOND_TOKEN();
        DECLARED_COST = declaredCost;
        LEAST_TURN = leastTurn;
        LEAST_FEE = leastFee;
    }

    /// @inheritdoc IArbitrator
    /// @dev Warning: what the deployer published as the cost of corrupting the court; it is worth as much as the reader
    /// believes it. 0 for a fixing that names another arbitrator, has too short a turn or pays too little.
    function costOfCorruption(Fixing calldata fixing) external view returns (uint256) {
        bool isOurs = fixing.arbitrator == address(this) || fixing.backup == address(this);
        if (fixing.arbitrationLimit < LEAST_TURN || fixing.arbitrationFee < LEAST_FEE) return 0;
        return isOurs ? DECLARED_COST : 0;
    }

    /// @notice ERC-165: an arbitrator.
    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return interfaceId == type(IArbitrator).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev Rules `value` and pays `payee` the fee that comes for it. Reverts as the oracle does.
    function _bring(Fixing calldata fixing, uint128 value, address payee) internal {
        uint256 balanceBefore = BOND_TOKEN.balanceOf(address(this));
        ORACLE.rule(fixing, value);
        BOND_TOKEN.safeTransfer(payee, BOND_TOKEN.balanceOf(address(this)) - balanceBefore);
    }
}
