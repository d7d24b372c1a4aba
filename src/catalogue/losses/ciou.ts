import { z } from 'zod'
import { boxPairs } from '../cases.js'
import { defineLoss } from '../define.js'
import { boxes, twoBoxes } from '../rejections.js'
import { boxLaws, boxNotes, boxSlots } from '../slots.js'

export default defineLoss({
  summary: 'Complete IoU loss: the distance IoU loss, and a term for aspect ratios that differ',
  aliases: ['complete_box_iou_loss'],
  family: 'boxes',
  formula: String.raw`\ell = 1 - \frac{I}{U + 10^{-7}} + \frac{\rho^2}{c_w^2 + c_h^2 + 10^{-7}} + \alpha v, \quad ` +
    String.raw`v = \frac{4}{\pi^2} \Bigl( \arctan \frac{w_2}{h_2} - \arctan \frac{w_1}{h_1} \Bigr)^2, \; \alpha = \frac{v}{1 - I/(U + 10^{-7}) + v + \varepsilon}`,
  slots: boxSlots,
  options: {
    eps: z.number().min(0).default(1e-7).describe('Added to what α is divided by; elsewhere it is 1e-7 always, as in torchvision')
  },
  equivalents: { torchvision: 'complete_box_iou_loss' },
  references: [
    'https://docs.pytorch.org/vision/stable/generated/torchvision.ops.complete_box_iou_loss.html',
    'https://arxiv.org/abs/1911.08287'
  ],
  notes: [
    ...boxNotes,
    'In the gradient α is a constant.',
    'A box without a height has the aspect of an angle of π/2, and a gradient where PyTorch\'s is NaN; one without either side gives NaN.'
  ],
  example: { ...boxes, gradients: ['boxes1', 'boxes2'] },
  rejects: twoBoxes,
  oracle: {
    expression: 'ciou(boxes1, boxes2, eps)',
    nothing: 0,
    library: { name: 'torchvision', expression: 'torchvision.ops.complete_box_iou_loss(tensor(boxes1), tensor(boxes2), reduction="none", eps=eps)' },
    constant: 'α',
    cases: [
      ...boxPairs,
      {
        slots: { boxes1: [[0, 0, 1, 0], [0, 0, 2, 0]], boxes2: [[0, 0, 1, 2], [1, 1, 3, 2]] },
        without: { boxes1: 'autograd multiplies 0 by ∞ in the aspect of a box without a height, where the limit is finite' }
      }
    ]
  },
  laws: boxLaws(2.5)
})
