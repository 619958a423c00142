namespace AuxLossRnn.Tests.Reference;

/// <summary>The classifiers that the LSTM is compared with, and their gradients, in float64, unit by unit, without libtorch.</summary>
/// <param name="tape">The numbers.</param>
/// <param name="layers">The weights.</param>
/// <param name="steps">The batch.</param>
/// <param name="permutation">The fixed permutation of the uRNN; empty for the others.</param>
internal sealed class ReferenceBaselines(Tape tape, ReferenceLayers layers, ReferenceSteps steps, int[] permutation)
{
    private const string Encoder = "encoder";

    /// <summary>Computes the loss and its gradients.</summary>
    /// <param name="model">gru, irnn, urnn or transformer.</param>
    /// <param name="weights">The weights by name, row-major.</param>
    /// <param name="inputs">What the network reads, [T, B, F].</param>
    /// <param name="tokens">The same as levels, [T, B, F].</param>
    /// <param name="labels">The classes, [B].</param>
    /// <param name="permutation">The fixed permutation of the uRNN; empty for the others.</param>
    /// <param name="settings">Truncation, encoding and levels.</param>
    public static (double Loss, Dictionary<string, double[]> Gradients) Run(
        string model, IReadOnlyDictionary<string, double[]> weights, double[,,] inputs, byte[,,] tokens, int[] labels, int[] permutation,
        ReferenceSettings settings)
    {
        var tape = new Tape();
        var layers = new ReferenceLayers(tape, weights);
        var baselines = new ReferenceBaselines(tape, layers, new ReferenceSteps(tape, layers, inputs, tokens, settings), permutation);
        var sum = tape.Constant(0);
        for (int example = 0; example < labels.Length; example++)
        {
            var last = model == "transformer" ? baselines.Transformer(example) : baselines.Recurrent(model, example, settings.Truncation);
            var logits = layers.FeedForward("classifier", last);
            sum += layers.CrossEntropy(logits, 0, logits.Length, labels[example]);
        }

        var loss = sum * (1.0 / labels.Length);
        tape.Backward(loss);
        return (loss.Value, layers.Gradients());
    }

    private Scalar[] Recurrent(string model, int example, int? truncation)
    {
        int from = truncation is int k ? Math.Max(0, steps.Count - k) : 0;
        var state = Start(model);
        for (int t = 0; t < steps.Count; t++)
        {
            state = t == from && from > 0 ? Stopped(state) : state;
            state = Step(model, steps.Encode(Encoder, example, t), state);
        }

        return from == steps.Count ? Stopped(state) : state;
    }

    /// <summary>The state before the first step.</summary>
    public Scalar[] Start(string model) =>
        model == "urnn" ? layers.Weight($"{Encoder}.state") : tape.Constants(new double[HiddenSize(model)]);

    /// <summary>The state after one more step.</summary>
    public Scalar[] Step(string model, Scalar[] x, Scalar[] state) => model switch
    {
        "gru" => Gru(x, state),
        "irnn" => Irnn(x, state),
        _ => Urnn(x, state),
    };

    private static Scalar[] Stopped(Scalar[] state) => [.. state.Select(unit => unit.Stop())];

    private int HiddenSize(string model) =>
        model == "gru" ? layers.Weight($"{Encoder}.gru.bias_ih_l0").Length / 3 : layers.Weight($"{Encoder}.rnn.bias_ih_l0").Length;

    // Gates r, z, n one below the other.
    private Scalar[] Gru(Scalar[] x, Scalar[] h)
    {
        var fromInput = Affine($"{Encoder}.gru.weight_ih_l0", $"{Encoder}.gru.bias_ih_l0", x);
        var fromState = Affine($"{Encoder}.gru.weight_hh_l0", $"{Encoder}.gru.bias_hh_l0", h);
        int size = h.Length;
        return [.. Enumerable.Range(0, size).Select(i =>
        {
            var reset = (fromInput[i] + fromState[i]).Sigmoid();
            var update = (fromInput[size + i] + fromState[size + i]).Sigmoid();
            var candidate = (fromInput[2 * size + i] + reset * fromState[2 * size + i]).Tanh();
            return candidate + update * (h[i] - candidate);
        })];
    }

    private Scalar[] Irnn(Scalar[] x, Scalar[] h)
    {
        var fromInput = Affine($"{Encoder}.rnn.weight_ih_l0", $"{Encoder}.rnn.bias_ih_l0", x);
        var fromState = Affine($"{Encoder}.rnn.weight_hh_l0", $"{Encoder}.rnn.bias_hh_l0", h);
        return [.. fromInput.Zip(fromState, (a, b) => (a + b).Relu())];
    }

    private Scalar[] Urnn(Scalar[] x, Scalar[] h)
    {
        int size = h.Length / 2;
        var phases = layers.Weight($"{Encoder}.phases").Chunk(size).ToArray();
        var reflections = layers.Weight($"{Encoder}.reflections").Chunk(size).ToArray(); // real and imaginary parts in turn
        var bias = layers.Weight($"{Encoder}.bias");
        var input = layers.Product($"{Encoder}.weight_ih", x);

        var z = Complex.Of(h[..size], h[size..]);
        z = Turned(z, phases[0]);
        z = Fourier(z, -1);
        z = Reflected(z, Complex.Of(reflections[0], reflections[1]));
        z = [.. permutation.Select(from => z[from])];
        z = Turned(z, phases[1]);
        z = Fourier(z, 1);
        z = Reflected(z, Complex.Of(reflections[2], reflections[3]));
        z = Turned(z, phases[2]);

        var real = new Scalar[size];
        var imaginary = new Scalar[size];
        for (int i = 0; i < size; i++)
        {
            // modReLU: (|z| + b) z / |z| where that is not below zero.
            var sum = z[i].Plus(new Complex(input[i], input[size + i]));
            var modulus = (sum.Real * sum.Real + sum.Imaginary * sum.Imaginary + 1e-10).Sqrt();
            var scale = (modulus + bias[i]).Relu() / modulus;
            (real[i], imaginary[i]) = (sum.Real * scale, sum.Imaginary * scale);
        }

        return [.. real, .. imaginary];
    }

    private static Complex[] Turned(Complex[] z, Scalar[] phases) =>
        [.. z.Zip(phases, (one, phase) => one.Times(new Complex(phase.Cos(), phase.Sin())))];

    private Complex[] Fourier(Complex[] z, int sign) => [.. Enumerable.Range(0, z.Length).Select(k =>
    {
        var sum = new Complex(tape.Constant(0), tape.Constant(0));
        for (int n = 0; n < z.Length; n++)
        {
            double angle = sign * 2 * Math.PI * k * n / z.Length;
            sum = sum.Plus(z[n].Times(new Complex(tape.Constant(Math.Cos(angle)), tape.Constant(Math.Sin(angle)))));
        }

        double scale = 1 / Math.Sqrt(z.Length);
        return new Complex(sum.Real * scale, sum.Imaginary * scale);
    })];

    private Complex[] Reflected(Complex[] z, Complex[] v)
    {
        var (product, norm) = (new Complex(tape.Constant(0), tape.Constant(0)), tape.Constant(0));
        for (int i = 0; i < z.Length; i++)
        {
            product = product.Plus(new Complex(v[i].Real, v[i].Imaginary * -1).Times(z[i]));
            norm += v[i].Real * v[i].Real + v[i].Imaginary * v[i].Imaginary;
        }

        var factor = new Complex(product.Real * -2 / norm, product.Imaginary * -2 / norm);
        return [.. z.Zip(v, (one, other) => one.Plus(other.Times(factor)))];
    }

    private Scalar[] Transformer(int example)
    {
        const int heads = 4;
        var x = new Scalar[steps.Count][];
        for (int t = 0; t < x.Length; t++)
        {
            x[t] = layers.Linear($"{Encoder}.projection", steps.Encode(Encoder, example, t));
            for (int i = 0; i < x[t].Length; i++)
            {
                double angle = t / Math.Pow(10_000, (double)(i / 2 * 2) / x[t].Length);
                x[t][i] += i % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
            }
        }

        int width = x[0].Length, size = width / heads;
        for (int layer = 0; layers.Has($"{Encoder}.transformer.layers.{layer}.norm1.weight"); layer++)
        {
            string name = $"{Encoder}.transformer.layers.{layer}";
            var parts = x.Select(one => Affine(
                $"{name}.self_attn.in_proj_weight", $"{name}.self_attn.in_proj_bias", Normalised($"{name}.norm1", one))).ToArray();
            x = [.. x.Select((one, t) =>
            {
                var mixed = new Scalar[width];
                for (int head = 0; head < heads; head++)
                {
                    int first = head * size;
                    Scalar[] scores = [.. parts.Select(other =>
                        Sum(Enumerable.Range(first, size).Select(i => parts[t][i] * other[width + i])) * (1 / Math.Sqrt(size)))];
                    Scalar[] powers = [.. scores.Select(score => (score - scores.Max(any => any.Value)).Exp())];
                    var total = Sum(powers);
                    for (int i = first; i < first + size; i++)
                    {
                        mixed[i] = Sum(powers.Select((power, other) => power / total * parts[other][2 * width + i]));
                    }
                }

                var after = Added(one, layers.Linear($"{name}.self_attn.out_proj", mixed));
                Scalar[] inner = [.. layers.Linear($"{name}.linear1", Normalised($"{name}.norm2", after)).Select(unit => unit.Relu())];
                return Added(after, layers.Linear($"{name}.linear2", inner));
            })];
        }

        var normalised = x.Select(one => Normalised($"{Encoder}.transformer.norm", one)).ToArray();
        return [.. Enumerable.Range(0, width).Select(i => Sum(normalised.Select(one => one[i])) * (1.0 / x.Length))];
    }

    private Scalar[] Normalised(string name, Scalar[] x)
    {
        var mean = Sum(x) * (1.0 / x.Length);
        var variance = Sum(x.Select(unit => (unit - mean) * (unit - mean))) * (1.0 / x.Length);
        var deviation = (variance + 1e-5).Sqrt();
        var (weight, bias) = (layers.Weight($"{name}.weight"), layers.Weight($"{name}.bias"));
        return [.. x.Select((unit, i) => (unit - mean) / deviation * weight[i] + bias[i])];
    }

    private Scalar[] Affine(string weight, string bias, Scalar[] x) => Added(layers.Product(weight, x), layers.Weight(bias));

    private static Scalar[] Added(Scalar[] a, Scalar[] b) => [.. a.Zip(b, (one, other) => one + other)];

    private Scalar Sum(IEnumerable<Scalar> numbers) => numbers.Aggregate(tape.Constant(0), (sum, number) => sum + number);

    private sealed record Complex(Scalar Real, Scalar Imaginary)
    {
        public static Complex[] Of(Scalar[] real, Scalar[] imaginary) => [.. real.Zip(imaginary, (a, b) => new Complex(a, b))];

        public Complex Plus(Complex other) => new(Real + other.Real, Imaginary + other.Imaginary);

        public Complex Times(Complex other) => new(
            Real * other.Real - Imaginary * other.Imaginary, Real * other.Imaginary + Imaginary * other.Real);
    }
}
