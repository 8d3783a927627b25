// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IAggregatorV3} from "./IAggregatorV3.sol";
import {IFixingConsumer} from "./IFixingConsumer.sol";

/// @title All of `ChainlinkFeed`
interface IChainlinkFeed is IAggregatorV3, IFixingConsumer {}
