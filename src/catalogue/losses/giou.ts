import { z } from 'zod'
import { boxPairs } from '../cases.js'
import { defineLoss } from '../define.js'
import { boxes, twoBoxes } from '../rejections.js'
import { boxLaws, boxNotes, boxSlots } from '../slots.js'

export default defineLoss({
  summary: 'Generalised IoU loss: the IoU loss, and the share of the enclosing box that neither box covers',
  aliases: ['generalized_box_iou_loss'],
  family: 'boxes',
  formula: String.raw`\ell = 1 - \frac{I}{U + \varepsilon} + \frac{C - U}{C + \varepsilon}, \quad U = A_1 + A_2 - I, \; C = c_w c_h`,
  slots: boxSlots,
  options: {
    eps: z.number().min(0).default(1e-7).describe('Added to the areas that are divided by, so that nothing is divided by 0')
  },
  equivalents: { torchvision: 'generalized_box_iou_loss' },
  references: [
    'https://docs.pytorch.org/vision/stable/generated/torchvision.ops.generalized_box_iou_loss.html',
    'https://arxiv.org/abs/1902.09630'
  ],
  notes: [
    ...boxNotes,
    'Two boxes without an area at one point have the loss 1 and the gradient 0. The loss is below 2.'
  ],
  example: { ...boxes, gradients: ['boxes1', 'boxes2'] },
  rejects: twoBoxes,
  oracle: {
    expression: 'giou(boxes1, boxes2, eps)',
    nothing: 0,
    library: { name: 'torchvision', expression: 'torchvision.ops.generalized_box_iou_loss(tensor(boxes1), tensor(boxes2), reduction="none", eps=eps)' },
    cases: boxPairs
  },
  laws: boxLaws(2)
})
