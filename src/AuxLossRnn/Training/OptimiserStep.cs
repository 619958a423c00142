using AuxLossRnn.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>What follows the backward pass: the gradients' norm, clipping, and the optimiser's step.</summary>
/// <remarks>
/// The state is that of TorchSharp's optimiser, which a checkpoint saves. On the processor it is updated here, a pass a weight
/// (<see cref="WeightUpdate"/>), in which clipping is a factor, and gradients stay unclipped; on a CUDA device, and for weights other than
/// float32, by TorchSharp.
/// </remarks>
/// <param name="optimiser">The optimiser, of all weights of the model.</param>
/// <param name="model">The model.</param>
/// <param name="clip">The largest norm of the gradients; null for any.</param>
internal sealed class OptimiserStep(OptimizerHelper optimiser, nn.Module model, double? clip)
{
    private readonly Parameter[] _weights = [.. model.parameters()];
    private readonly optim.Optimizer.StateDictionary _state = optimiser.state_dict();
    private readonly bool _fused = model.parameters().All(
        weight => weight.device_type == DeviceType.CPU && weight.dtype == ScalarType.Float32 && weight.is_contiguous());

    private float _factor = 1;

    /// <summary>Takes the gradients away.</summary>
    public void Clear() => Gradients.Clear(_weights);

    /// <summary>The Euclidean norm of all gradients before clipping, a scalar; and remembers, or does, what clipping asks for.</summary>
    public Tensor Norm()
    {
        if (!_fused)
        {
            return Gradients.ClipNorm(_weights, clip); // []
        }

        // The optimisers average squares in float32: where it cannot hold them, the norm is none, as libtorch's in float32.
        double squares = Given().Sum(given => WeightUpdate.SumOfSquares(given.Gradient));
        double norm = squares > float.MaxValue ? double.PositiveInfinity : Math.Sqrt(squares);
        _factor = clip is double largest ? (float)Math.Min(1, largest / (norm + 1e-6)) : 1; // as PyTorch's clip_grad_norm_
        return tensor(norm); // []
    }

    /// <summary>Changes the weights by the gradients, clipped as <see cref="Norm"/> found.</summary>
    /// <param name="rate">The learning rate.</param>
    public void Take(double rate)
    {
        Optimisers.SetLearningRate(optimiser, rate);
        if (!_fused)
        {
            optimiser.step();
            return;
        }

        OptimizerOptions options = _state.Options[0];
        foreach ((Parameter weight, Tensor gradient, OptimizerState state) in Given())
        {
            switch (state, options)
            {
                case (RMSProp.State of, RMSProp.Options by):
                    of.step++;
                    WeightUpdate.RmsProp(weight, gradient, of.square_avg, _factor, rate, by.alpha!.Value, by.eps!.Value, by.weight_decay!.Value);
                    break;
                case (Adam.State of, Adam.Options by):
                    WeightUpdate.Adam(
                        weight, gradient, of.exp_avg, of.exp_avg_sq, ++of.step, _factor, rate, by.beta1!.Value, by.beta2!.Value, by.eps!.Value,
                        by.weight_decay!.Value, decoupled: false);
                    break;
                case (AdamW.State of, AdamW.Options by):
                    WeightUpdate.Adam(
                        weight, gradient, of.exp_avg, of.exp_avg_sq, ++of.step, _factor, rate, by.beta1!.Value, by.beta2!.Value, by.eps!.Value,
                        by.weight_decay!.Value, decoupled: true);
                    break;
                default:
                    throw new NotSupportedException($"There is no step of {optimiser.GetType().Name}.");
            }
        }
    }

    /// <summary>The weights that have a gradient; the others are passed over.</summary>
    private IEnumerable<(Parameter Weight, Tensor Gradient, OptimizerState State)> Given()
    {
        for (int i = 0; i < _weights.Length; i++)
        {
            if (_weights[i].grad is Tensor gradient)
            {
                yield return (_weights[i], gradient, _state.State[i]);
            }
        }
    }
}
