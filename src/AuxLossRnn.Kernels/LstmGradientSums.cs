namespace AuxLossRnn.Kernels;

/// <summary>The sums of a slice's weight gradients, transposed, in the gates' panels.</summary>
/// <typeparam name="T">The type of the sums.</typeparam>
internal sealed class LstmGradientSums<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Sums of zero.</summary>
    /// <param name="inputs">The inputs, padded.</param>
    /// <param name="hidden">The hidden size, padded.</param>
    /// <param name="gates">The panels of gates.</param>
    public LstmGradientSums(int inputs, int hidden, int gates)
    {
        int width = Panels.Width<T>() * gates;
        Input = KernelBuffer<T>.Zeros((long)Panels.PaddedRows(inputs) * width);
        Hidden = KernelBuffer<T>.Zeros((long)Panels.PaddedRows(hidden) * width);
        Bias = KernelBuffer<T>.Zeros(width);
    }

    /// <summary>dW_xᵀ, <c>[panels, I, 4V]</c>.</summary>
    public KernelBuffer<T> Input { get; }

    /// <summary>dW_hᵀ, <c>[panels, H, 4V]</c>.</summary>
    public KernelBuffer<T> Hidden { get; }

    /// <summary>db, <c>[panels, 4V]</c>.</summary>
    public KernelBuffer<T> Bias { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Input.Dispose();
        Hidden.Dispose();
        Bias.Dispose();
    }
}
