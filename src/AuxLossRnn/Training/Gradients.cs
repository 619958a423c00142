using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>The gradients of a model's weights, taken together as one vector.</summary>
internal static class Gradients
{
    /// <summary>Takes them away. To none, not to zero: an optimiser passes over a weight without a gradient, before a resume as after it.</summary>
    /// <param name="weights">The weights.</param>
    public static void Clear(IEnumerable<Parameter> weights)
    {
        foreach (Parameter weight in weights)
        {
            weight.grad?.Dispose();
            weight.grad = null;
        }
    }

    /// <summary>Their norm; and if it is larger than allowed, all of them scaled down to that norm.</summary>
    /// <remarks>
    /// As PyTorch's <c>clip_grad_norm_</c>, number for number. TorchSharp's returns a number, for which a GPU has to be
    /// waited for; this one leaves the norm where it was computed.
    /// </remarks>
    /// <param name="weights">The weights; those without a gradient are passed over.</param>
    /// <param name="clip">The largest norm allowed; null for any.</param>
    /// <returns>The Euclidean norm before clipping, a scalar; 0 where no weight has a gradient.</returns>
    public static Tensor ClipNorm(IEnumerable<Parameter> weights, double? clip)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. weights.Select(weight => weight.grad).OfType<Tensor>()];
        Tensor norm = gradients.Length == 0 ? zeros([], device: weights.First().device) : stack([.. gradients.Select(gradient => gradient.norm())]).norm(); // []
        if (clip is double largest)
        {
            Tensor factor = HeldNumbers.With(1, one => norm.Plus(1e-6).reciprocal().Times(largest).clamp_max(one)); // []
            foreach (Tensor gradient in gradients)
            {
                gradient.mul_(factor);
            }
        }

        return scope.MoveToOuter(norm);
    }
}
