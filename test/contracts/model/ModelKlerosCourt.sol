// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CentralizedArbitratorWithAppeal} from "@kleros/erc-792/contracts/examples/CentralizedArbitratorWithAppeal.sol";

/// @title Kleros's published example of a court of ERC-792, as it is
/// @notice Test only. Named anew, so that it is built with what else the models need.
contract ModelKlerosCourt is CentralizedArbitratorWithAppeal {}
