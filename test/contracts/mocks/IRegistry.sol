// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";

/// @title All that callers see of a registry
interface IRegistry is IReporterRegistry, IERC5267 {
    function BOND_TOKEN() external view returns (address);
    function ORACLE() external view returns (address);
    function ARBITRATOR() external view returns (address);
    function BACKUP() external view returns (address);
    function SINK() external view returns (address);
}
