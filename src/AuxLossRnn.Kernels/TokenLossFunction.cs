using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Kernels;

/// <summary>Two feed-forward layers and the sum of a token loss over their outputs, as one operation with a gradient.</summary>
/// <remarks>Its forward pass computes its gradients as well, and its backward pass scales them by that of the sum.</remarks>
internal sealed unsafe class TokenLossFunction : autograd.SingleTensorFunction<TokenLossFunction>
{
    private const string Gradients = "gradients";

    /// <inheritdoc/>
    public override string Name => nameof(TokenLossFunction);

    /// <summary>Whether the kernel can compute it: the processor has vectors, and the numbers are on the CPU.</summary>
    /// <param name="x">What the layers read.</param>
    /// <param name="targets">The values to predict.</param>
    public static bool Accepts(Tensor x, Tensor targets) =>
        RecurrentFunction.IsSupported && x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.Float64
        && x.dtype == targets.dtype && x.numel() > 0;

    /// <summary>The sum of the losses.</summary>
    /// <param name="x">What the layers read, <c>[…, D]</c>.</param>
    /// <param name="layers">Both layers' weights.</param>
    /// <param name="values">The values to predict, <c>[…, F]</c>.</param>
    /// <param name="tokens">The same as levels, uint8 <c>[…, F]</c>.</param>
    /// <param name="levels">The levels of a token; 0 for squared error on values.</param>
    /// <param name="bfloat16">Whether the operands of products are rounded to bfloat16; float64 tensors are not.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Sum(Tensor x, FeedForwardWeights layers, Tensor values, Tensor tokens, int levels, bool bfloat16)
    {
        Tensor[] tensors =
            [x.contiguous(), layers.HiddenWeights, layers.HiddenBias, layers.OutputWeights.contiguous(), layers.OutputBias];
        var shape = new TokenLossShape((int)x.shape[^1], (int)layers.HiddenWeights.shape[0], (int)values.shape[^1], levels, layers.Relu);
        var call = new Call(shape, values.contiguous(), tokens.contiguous(), bfloat16);
        if (is_grad_enabled() && tensors.Any(tensor => tensor.requires_grad))
        {
            return apply([.. tensors, call]);
        }

        return Compute(tensors, call, gradients: false).Loss;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
    {
        (Tensor loss, Tensor[] gradients) = Compute([.. arguments.OfType<Tensor>()], (Call)arguments[^1], gradients: true);
        context.save_for_backward([.. gradients]);
        return loss;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient) =>
        [.. context.get_saved_variables().Select(saved => saved.mul(gradient)), null!];

    private static (Tensor Loss, Tensor[] Gradients) Compute(Tensor[] tensors, Call call, bool gradients) =>
        tensors[0].dtype == ScalarType.Float64 ? Compute<double, Tile<double>>(tensors, call, gradients)
        : call.BFloat16 ? Compute<float, BFloat16Tile>(tensors, call, gradients)
        : Compute<float, Tile<float>>(tensors, call, gradients);

    private static (Tensor Loss, Tensor[] Gradients) Compute<T, TTile>(Tensor[] tensors, Call call, bool gradients)
        where T : unmanaged, INumber<T>
        where TTile : ITile<T> =>
        Lanes.HasAvx512
            ? Compute<T, TTile, Register512<T>>(tensors, call, gradients)
            : Compute<T, TTile, NarrowRegister<T>>(tensors, call, gradients);

    private static (Tensor Loss, Tensor[] Gradients) Compute<T, TTile, TRegister>(Tensor[] tensors, Call call, bool backward)
        where T : unmanaged, INumber<T>
        where TTile : ITile<T>
        where TRegister : struct, IRegister<TRegister, T>
    {
        T* x = TensorMemory.Of<T>(tensors[0]), values = TensorMemory.Of<T>(call.Values);
        byte* tokens = TensorMemory.Of<byte>(call.Tokens);
        int count = (int)(tensors[0].numel() / call.Shape.Inputs);
        using var weights = new TokenLossOperands<T, TTile>(
            call.Shape, TensorMemory.Of<T>(tensors[1]), TensorMemory.Of<T>(tensors[2]), TensorMemory.Of<T>(tensors[3]),
            TensorMemory.Of<T>(tensors[4]), backward);
        (int First, int Count)[] parts = [.. Slices.Of(count, TTile.RowUnit)];
        TokenLossSlice<T, TTile, TRegister>[] slices = [.. parts.Select(_ => new TokenLossSlice<T, TTile, TRegister>(weights))];
        Tensor[] gradients = backward ? [empty_like(tensors[0]), .. tensors[1..].Select(weight => zeros_like(weight))] : [];
        T* dx = backward ? TensorMemory.Of<T>(gradients[0]) : null;
        Slices.Run(parts.Length, i => slices[i].Run(x, values, tokens, dx, parts[i].First, parts[i].Count));

        // Copies that only their addresses are used of could be collected meanwhile.
        GC.KeepAlive(tensors);
        GC.KeepAlive(call);

        // In the order of the slices, so that equal runs give equal sums.
        double loss = 0;
        foreach (TokenLossSlice<T, TTile, TRegister> slice in slices)
        {
            loss += slice.Loss;
            if (backward)
            {
                weights.FirstMap.AddTo(
                    TensorMemory.Of<T>(gradients[1]), slice.FirstSums.Pointer, Panels.PaddedRows<T, TTile>(weights.PaddedInputs));
                weights.FirstBiasMap.AddTo(TensorMemory.Of<T>(gradients[2]), slice.FirstBiasSums.Pointer, 1);
                slice.AddSecondTo(TensorMemory.Of<T>(gradients[3]), TensorMemory.Of<T>(gradients[4]));
            }

            slice.Dispose();
        }

        return (tensor(loss, dtype: tensors[0].dtype), gradients);
    }

    private sealed record Call(TokenLossShape Shape, Tensor Values, Tensor Tokens, bool BFloat16);
}
