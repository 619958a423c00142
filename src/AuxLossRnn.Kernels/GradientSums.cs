namespace AuxLossRnn.Kernels;

/// <summary>The sums of a slice's weight gradients, transposed, in the products' panels.</summary>
/// <typeparam name="T">The type of the sums.</typeparam>
internal sealed class GradientSums<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Sums of zero.</summary>
    /// <param name="inputs">The rows of the inputs' sums.</param>
    /// <param name="hidden">The rows of the hidden units' sums.</param>
    /// <param name="products">The panels of products.</param>
    public GradientSums(int inputs, int hidden, int products)
    {
        int width = Panels.Width<T>() * products;
        Input = KernelBuffer<T>.Zeros((long)inputs * width);
        Hidden = KernelBuffer<T>.Zeros((long)hidden * width);
        Bias = KernelBuffer<T>.Zeros(width);
    }

    /// <summary>dW_xᵀ, <c>[panels, I, W]</c>.</summary>
    public KernelBuffer<T> Input { get; }

    /// <summary>dW_hᵀ, <c>[panels, H, W]</c>.</summary>
    public KernelBuffer<T> Hidden { get; }

    /// <summary>db, <c>[panels, W]</c>.</summary>
    public KernelBuffer<T> Bias { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Input.Dispose();
        Hidden.Dispose();
        Bias.Dispose();
    }
}
