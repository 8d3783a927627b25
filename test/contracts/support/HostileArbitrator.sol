// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing} from "src/types/Fixing.sol";

import {IOracle} from "./OracleTest.sol";

/// An arbitrator that reverts or burns all gas whenever anyone but its owner calls it, and rules as often as it is told.
contract HostileArbitrator {
    IOracle private immutable ORACLE;
    bool private _burnsGas;

    error Refused();

    constructor(IOracle oracle) {
        ORACLE = oracle;
    }

    function burnGas() external {
        _burnsGas = true;
    }

    function rule(Fixing calldata fixing, uint128 value) external {
        ORACLE.rule(fixing, value);
    }

    /// The second ruling in the same call; what it failed with.
    function ruleTwice(Fixing calldata fixing, uint128 first, uint128 second) external returns (bytes memory reason) {
        ORACLE.rule(fixing, first);
        (, reason) = address(ORACLE).call(abi.encodeCall(ORACLE.rule, (fixing, second)));
    }

    fallback() external {
        if (_burnsGas) for (uint256 i = 0;; ++i) {}
        revert Refused();
    }
}
