// Package loss holds loss functions over slices, with gradients.
package loss
