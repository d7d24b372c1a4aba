import { z } from 'zod'
import { boxPairs } from '../cases.js'
import { defineLoss } from '../define.js'
import { boxes, twoBoxes } from '../rejections.js'
import { boxLaws, boxNotes, boxSlots } from '../slots.js'

export default defineLoss({
  summary: 'Distance IoU loss: the IoU loss, and the squared distance of the centres over the squared diagonal of the enclosing box',
  aliases: ['distance_box_iou_loss'],
  family: 'boxes',
  formula: String.raw`\ell = 1 - \frac{I}{U + \varepsilon} + \frac{\rho^2}{c_w^2 + c_h^2 + \varepsilon}, \quad U = A_1 + A_2 - I`,
  slots: boxSlots,
  options: {
    eps: z.number().min(0).default(1e-7).describe('Added to the area and to the squared diagonal that are divided by, so that nothing is divided by 0')
  },
  equivalents: { torchvision: 'distance_box_iou_loss' },
  references: [
    'https://docs.pytorch.org/vision/stable/generated/torchvision.ops.distance_box_iou_loss.html',
    'https://arxiv.org/abs/1911.08287'
  ],
  notes: [
    ...boxNotes
  ],
  example: { ...boxes, gradients: ['boxes1', 'boxes2'] },
  rejects: twoBoxes,
  oracle: {
    expression: 'diou(boxes1, boxes2, eps)',
    nothing: 0,
    library: { name: 'torchvision', expression: 'torchvision.ops.distance_box_iou_loss(tensor(boxes1), tensor(boxes2), reduction="none", eps=eps)' },
    cases: boxPairs
  },
  laws: boxLaws(2)
})
