using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Runtime;

/// <summary>Arithmetic of tensors with numbers that are held until libtorch has read them.</summary>
/// <remarks>
/// TorchSharp makes a <see cref="Scalar"/> of every number, and of the 1 in a + 1 · b, and keeps none of them: where another thread's allocation starts a garbage
/// collection while libtorch computes, the finaliser frees the number before it is read. Then it is refused as no number at all, or another one is read.
/// What runs at every step therefore computes with these, and not with TorchSharp's operators.
/// </remarks>
public static class HeldNumbers
{
    private static readonly Scalar One = 1;

    /// <summary>left + right.</summary>
    /// <param name="left">A tensor.</param>
    /// <param name="right">Another of a shape that fits.</param>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>left + number.</summary>
    /// <param name="left">A tensor.</param>
    /// <param name="number">The number.</param>
    public static Tensor Plus(this Tensor left, double number) => With(number, held => left.add(held, One));

    /// <summary>left · number.</summary>
    /// <param name="left">A tensor.</param>
    /// <param name="number">The number.</param>
    public static Tensor Times(this Tensor left, double number) => With(number, left.mul);

    /// <summary>left / number.</summary>
    /// <param name="left">A tensor.</param>
    /// <param name="number">The number.</param>
    public static Tensor Over(this Tensor left, double number) => With(number, held => left.div(held));

    /// <summary>Computes with a number that is held as long.</summary>
    /// <param name="number">The number; it belongs to this call.</param>
    /// <param name="compute">What is computed.</param>
    public static Tensor With(Scalar number, Func<Scalar, Tensor> compute)
    {
        Tensor result = compute(number);
        number.Dispose(); // and until here it is in use
        return result;
    }
}
