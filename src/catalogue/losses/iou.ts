import { z } from 'zod'
import { boxPairs } from '../cases.js'
import { defineLoss, float } from '../define.js'
import { boxes, twoBoxes } from '../rejections.js'

export default defineLoss({
  summary: 'Intersection over union of two boxes, as a loss: 1 less it',
  aliases: ['iou_loss'],
  family: 'boxes',
  formula: String.raw`\ell = 1 - \frac{I}{U + \varepsilon}, \quad U = A_1 + A_2 - I`,
  slots: {
    boxes1: float('(…, 4)', 'Boxes, as corners (x1, y1, x2, y2)', { domain: 'box' }),
    boxes2: float('(…, 4)', 'Boxes to compare them with, in the shape of boxes1', { domain: 'box' })
  },
  options: {
    eps: z.number().min(0).default(1e-7).describe('Added to the area that either covers, so that nothing is divided by 0')
  },
  equivalents: { torchvision: '1 less the diagonal of box_iou, with eps 0' },
  references: [
    'https://docs.pytorch.org/vision/stable/generated/torchvision.ops.box_iou.html',
    'https://arxiv.org/abs/1608.01471'
  ],
  notes: [
    'A mean over no boxes is 0, as in torchvision.',
    'Nothing checks that x1 < x2 and y1 < y2: inverted boxes go through the formula. Boxes that only touch share nothing, without a gradient.',
    'Where corners tie, each has half of the gradient of the overlap and of the enclosing box.',
    'With the default eps equal boxes have a loss just above 0: eps over their area.'
  ],
  example: { ...boxes, gradients: ['boxes1', 'boxes2'] },
  rejects: twoBoxes,
  oracle: {
    expression: 'iou(boxes1, boxes2, eps)',
    nothing: 0,
    cases: boxPairs
  },
  laws: [
    { law: 'non_negative' },
    { law: 'at_most', bound: 1 },
    { law: 'symmetric', slots: ['boxes1', 'boxes2'] },
    { law: 'shift_invariant', slots: ['boxes1', 'boxes2'] }
  ]
})
