// The functions of one f64: the same bits as in a lane.

import { exp, expm1 } from './exp'
import { sigmoid, softplus } from './logistic'
import { log, log1p } from './log'
import { pow } from './pow'

export function scalarExp (x: f64): f64 { return f64x2.extract_lane(exp(f64x2.splat(x)), 0) }

export function scalarExpm1 (x: f64): f64 { return f64x2.extract_lane(expm1(f64x2.splat(x)), 0) }

export function scalarLog (x: f64): f64 { return f64x2.extract_lane(log(f64x2.splat(x)), 0) }

export function scalarLog1p (x: f64): f64 { return f64x2.extract_lane(log1p(f64x2.splat(x)), 0) }

export function scalarPow (x: f64, y: f64): f64 { return f64x2.extract_lane(pow(f64x2.splat(x), f64x2.splat(y)), 0) }

export function scalarSigmoid (z: f64): f64 { return f64x2.extract_lane(sigmoid(f64x2.splat(z)), 0) }

export function scalarSoftplus (z: f64): f64 { return f64x2.extract_lane(softplus(f64x2.splat(z)), 0) }
