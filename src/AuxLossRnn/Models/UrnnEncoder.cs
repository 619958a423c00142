using AuxLossRnn.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>
/// A recurrent network with a complex state and a unitary recurrent matrix (Arjovsky, Shah, Bengio, "Unitary evolution
/// recurrent neural networks", ICML 2016).
/// </summary>
/// <remarks>
/// <code>
/// z = W h + V x,  W = D₃ R₂ F⁻¹ D₂ Π R₁ F D₁
/// h' = z ∘ max(0, 1 + b / |z|)                (modReLU)
/// </code>
/// D are diagonal matrices of phases, R = 1 − 2 v vᴴ / vᴴv reflections, F the unitary Fourier transform and Π a fixed
/// permutation. W is made once a read; a step is then one real product with the state kept as [Re h; Im h], which is also
/// what the classifier reads. Weights: <c>phases [3, H]</c>, <c>reflections [2, 2, H]</c> (two vectors, real parts before
/// imaginary ones), <c>weight_ih [2H, E]</c> and <c>state [2H]</c> (real above imaginary), <c>bias [H]</c>, and
/// <c>permutation [H]</c>, which is not trained.
/// </remarks>
public sealed class UrnnEncoder : SequenceEncoder
{
    // Below it |z| is not told from zero, where it has no gradient: the constant of the authors' program, squared.
    private const double SmallestSquare = 1e-10;

    private readonly int _hidden;

    /// <summary>An encoder with the paper's initial weights: b = 0, so that a step is linear and unitary, and E‖h₀‖² = 1.</summary>
    /// <param name="input">The input encoding.</param>
    /// <param name="hidden">The number H of complex units.</param>
    /// <param name="random">Where the permutation comes from.</param>
    public UrnnEncoder(InputEncoder input, int hidden, RandomStream random)
        : base(nameof(UrnnEncoder), input, 2 * hidden)
    {
        _hidden = hidden;
        double glorot = Math.Sqrt(6.0 / (input.Size + 2 * hidden));
        double unitNorm = Math.Sqrt(3.0 / (2 * hidden));
        Register("phases", Math.PI, 3, hidden);
        Register("reflections", 1, 2, 2, hidden);
        Register("weight_ih", glorot, 2 * hidden, input.Size);
        Register("bias", 0, hidden);
        Register("state", unitNorm, 2 * hidden);
        register_buffer("permutation", tensor([.. random.Permutation(hidden).Select(row => (long)row)])); // [H]
    }

    /// <inheritdoc/>
    public override EncoderState InitialState(long batch) => new(Weight("state").expand(1, batch, -1)); // [1, B, 2H]

    /// <summary>The recurrent matrix.</summary>
    /// <returns>Wᵀ, complex <c>[H, H]</c>: row i is W applied to the i-th unit vector.</returns>
    public Tensor TransposedMatrix()
    {
        Tensor phases = Weight("phases"); // [3, H]
        Tensor turns = polar(ones_like(phases), phases); // [3, H]
        Tensor rows = eye(_hidden, dtype: phases.dtype, device: phases.device); // [H, H]
        Tensor turned = fft.fft_(rows * turns[0], norm: FFTNormType.Ortho); // [H, H]
        Tensor permuted = Reflected(turned, 0).index_select(1, get_buffer("permutation")!); // [H, H]
        Tensor back = fft.ifft(permuted * turns[1], norm: FFTNormType.Ortho); // [H, H]
        return Reflected(back, 1) * turns[2]; // [H, H]
    }

    /// <inheritdoc/>
    public override (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor matrix, Tensor bias) = (RealMatrix(), Weight("bias")); // [2H, 2H], [H]

        // Cut into steps at once: T cuts of their own would each have a gradient as large as all of x.
        Tensor[] x = nn.functional.linear(Input.Encode(inputs, tokens), Weight("weight_ih")).unbind(0); // t × [B, 2H]
        var outputs = new List<Tensor>();
        Tensor hidden = state[0][0]; // [B, 2H]
        for (int t = 0; t < x.Length; t++)
        {
            Tensor next = Step(x[t], hidden, matrix, bias); // [B, 2H]
            if (result == ReadResult.State)
            {
                hidden.Dispose();
            }
            else
            {
                outputs.Add(next);
            }

            hidden = next;
        }

        Tensor? all = outputs.Count > 0 ? scope.MoveToOuter(stack(outputs)) : null; // [t, B, 2H]
        return (all, new EncoderState(scope.MoveToOuter(hidden.unsqueeze(0)))); // [1, B, 2H]
    }

    private Tensor Step(Tensor x, Tensor hidden, Tensor matrix, Tensor bias)
    {
        // A graph keeps what it needs of a step by itself.
        using DisposeScope scope = NewDisposeScope();
        Tensor z = x.addmm(hidden, matrix, 1, 1).reshape(-1, 2, _hidden); // [B, 2, H]
        Tensor inverse = HeldNumbers.With(2, z.pow).sum(1, keepdim: true).Plus(SmallestSquare).rsqrt(); // [B, 1, H]
        Tensor scale = (bias * inverse).Plus(1).relu(); // [B, 1, H]
        return scope.MoveToOuter((z * scale).reshape(-1, 2 * _hidden)); // [B, 2H]
    }

    /// <summary>The matrix that turns rows [Re h, Im h] into rows [Re Wh, Im Wh].</summary>
    private Tensor RealMatrix()
    {
        Tensor matrix = TransposedMatrix(); // [H, H]
        (Tensor real, Tensor imaginary) = (matrix.real, matrix.imag); // [H, H]
        return cat([cat([real, imaginary], 1), cat([-imaginary, real], 1)], 0); // [2H, 2H]
    }

    /// <summary>x − 2 v vᴴx / vᴴv for each row x.</summary>
    private Tensor Reflected(Tensor rows, int which)
    {
        Tensor parts = Weight("reflections")[which]; // [2, H]
        Tensor v = complex(parts[0], parts[1]); // [H]
        Tensor products = rows.mv(v.conj()); // [H]
        return rows - HeldNumbers.With(2, parts.pow).sum().reciprocal().Times(2) * outer(products, v); // [H, H]
    }

    private void Register(string name, double bound, params long[] shape)
    {
        var weight = new Parameter(empty(shape));
        nn.init.uniform_(weight, -bound, bound);
        register_parameter(name, weight);
    }

    // Asked for each time: a change of their type puts other weights in their place.
    private Parameter Weight(string name) => get_parameter(name)!;
}
