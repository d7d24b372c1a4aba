import { z } from 'zod'
import { boxPairs } from '../cases.js'
import { defineLoss } from '../define.js'
import { boxes, twoBoxes } from '../rejections.js'
import { boxLaws, boxNotes, boxSlots } from '../slots.js'

export default defineLoss({
  summary: 'Intersection over union of two boxes, as a loss: 1 less it',
  aliases: ['iou_loss'],
  family: 'boxes',
  formula: String.raw`\ell = 1 - \frac{I}{U + \varepsilon}, \quad U = A_1 + A_2 - I`,
  slots: boxSlots,
  options: {
    eps: z.number().min(0).default(1e-7).describe('Added to the area that either covers, so that nothing is divided by 0')
  },
  equivalents: { torchvision: '1 less the diagonal of box_iou, with eps 0' },
  references: [
    'https://docs.pytorch.org/vision/stable/generated/torchvision.ops.box_iou.html',
    'https://arxiv.org/abs/1608.01471'
  ],
  notes: [
    ...boxNotes,
    'With the default eps equal boxes have a loss just above 0: eps over their area.'
  ],
  example: { ...boxes, gradients: ['boxes1', 'boxes2'] },
  rejects: twoBoxes,
  oracle: {
    expression: 'iou(boxes1, boxes2, eps)',
    nothing: 0,
    cases: boxPairs
  },
  laws: boxLaws(1)
})
