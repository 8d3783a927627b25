// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IFixingConsumer} from "./IFixingConsumer.sol";
import {IMorphoOracle} from "./IMorphoOracle.sol";

/// @title All of `MorphoPrice`
interface IMorphoPrice is IMorphoOracle, IFixingConsumer {}
