using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Kernels;

/// <summary>One recurrent layer over a whole sequence as an operation with a gradient.</summary>
/// <remarks>
/// It computes what <c>torch.nn.LSTM</c>, <c>GRU</c> and <c>RNN</c> do. Its weights stay in the core's second-level cache, a step's gates are
/// finished while they are in the first, each core takes its rows of the batch through the whole sequence, and the memory
/// of its record is used again from step to step.
/// </remarks>
internal sealed class RecurrentFunction : autograd.SingleTensorFunction<RecurrentFunction>
{
    private const string Run = "run";

    /// <inheritdoc/>
    public override string Name => nameof(RecurrentFunction);

    /// <summary>Whether the processor has what the kernels are written for.</summary>
    public static bool IsSupported => Lanes.Instructions is not null;

    /// <summary>Whether the kernel can read a sequence: the processor has vectors, and the numbers are on the CPU.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="state">The state.</param>
    public static bool Accepts(Tensor x, Tensor state) =>
        IsSupported && x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.Float64
        && x.dtype == state.dtype && x.numel() > 0;

    /// <summary>Reads a sequence.</summary>
    /// <param name="kind">The network.</param>
    /// <param name="x">The inputs, <c>[t, B, I]</c>.</param>
    /// <param name="hidden">h before the first step, <c>[B, H]</c> or <c>[1, B, H]</c>.</param>
    /// <param name="cell">c before the first step, of the same shape; null but for an LSTM.</param>
    /// <param name="weights">
    /// W_x, <c>[blocks · H, I]</c>, W_h, <c>[blocks · H, H]</c>, and b. An LSTM has the blocks i, f, g, o, one below the other, and b
    /// <c>[4H]</c>; a GRU r, z, n, and b <c>[4H]</c> with n's bias of x and then that of h; rectified linear units one, and b <c>[H]</c>.
    /// </param>
    /// <param name="result">What the gradient comes back to.</param>
    /// <param name="bfloat16">Whether the operands of products are rounded to bfloat16; float64 tensors are not.</param>
    /// <param name="stops">With the state as the result: after how many steps it is wanted, ascending, the last after all t; null for that one.</param>
    /// <returns>
    /// h after each step, <c>[t, B, H]</c>, and h and c after the last, in the shape of the first; with S stops <c>[S·B, H]</c> or
    /// <c>[1, S·B, H]</c>, the states after the first stop first.
    /// </returns>
    public static (Tensor? Outputs, Tensor Hidden, Tensor? Cell) Read(
        RecurrentKind kind, Tensor x, Tensor hidden, Tensor? cell, (Tensor Input, Tensor Hidden, Tensor Bias) weights, RecurrentResult result,
        bool bfloat16 = false, IReadOnlyList<int>? stops = null)
    {
        // One tensor holds h after each step and then c after the last, or the part of it that has a gradient: TorchSharp never
        // lets go of the missing gradient of a second result.
        Tensor[] tensors =
        [
            x.contiguous(), hidden.contiguous(), weights.Input, weights.Hidden, weights.Bias,
            .. cell is null ? Array.Empty<Tensor>() : [cell.contiguous()],
        ];
        var call = new RecurrentCall(kind, result, bfloat16, stops);
        bool records = is_grad_enabled() && tensors.Any(tensor => tensor.requires_grad);
        Tensor value;
        if (records)
        {
            value = apply([.. tensors, call]);
        }
        else
        {
            using RecurrentRun run = RecurrentRun.Create(tensors, call, records: false);
            value = run.Forward(tensors);
        }

        long steps = x.shape[0];
        return result switch
        {
            RecurrentResult.Outputs => (value, call.Hidden!, call.Cell),
            RecurrentResult.State => (null, State(0), cell is null ? null : State(1)),
            _ => (value.narrow(0, 0, steps), State(steps - 1), cell is null ? null : State(steps)), // [t, B, H], [B, H], [B, H]
        };

        Tensor State(long row) => hidden.dim() == 3 ? value.narrow(0, row, 1) : value[row]; // [1, S·B, H] or [S·B, H]
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
    {
        Tensor[] tensors = [.. arguments.OfType<Tensor>()];
        RecurrentRun run = RecurrentRun.Create(tensors, (RecurrentCall)arguments[^1], records: true);
        context.save_for_backward([.. tensors]);
        context.save_data(Run, run);
        return run.Forward(tensors);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
    {
        using var run = (RecurrentRun)context.get_data(Run);
        List<Tensor> saved = context.get_saved_variables();
        return [.. run.Backward([.. saved], gradient), null!];
    }
}
