using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>Sets the initial weights of every LSTM of a module.</summary>
public static class LstmInitialisation
{
    /// <summary>Orthogonal recurrent weights if asked for, and the forget gates' bias.</summary>
    /// <param name="model">The module.</param>
    /// <param name="initialisation">How recurrent weights are drawn.</param>
    /// <param name="forgetBias">The forget gates' bias; PyTorch adds two vectors, so one is set to it and the other to zero.</param>
    /// <param name="chronoSteps">The longest memory that the main LSTM begins with, T; null for the forget bias.</param>
    public static void Apply(nn.Module model, Initialisation initialisation, double forgetBias, int? chronoSteps = null)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach ((string name, var weight) in model.named_parameters())
        {
            // PyTorch keeps the gates input, forget, cell, output one below the other.
            long hidden = weight.shape[0] / 4;
            if (name.Contains("lstm.weight_hh_l", StringComparison.Ordinal) && initialisation == Initialisation.Orthogonal)
            {
                for (int gate = 0; gate < 4; gate++)
                {
                    nn.init.orthogonal_(weight.narrow(0, gate * hidden, hidden));
                }
            }
            else if (name.Contains("lstm.bias_ih_l", StringComparison.Ordinal))
            {
                HeldNumbers.With(forgetBias, weight.narrow(0, hidden, hidden).fill_);
                if (chronoSteps is int longest && name.StartsWith("encoder.", StringComparison.Ordinal))
                {
                    // b_f = ln u, u uniform in [1, T − 1], and b_i = −b_f: a cell with the bias b_f forgets in about u steps.
                    Tensor forget = weight.narrow(0, hidden, hidden).uniform_(1, longest - 1).log_(); // [H]
                    weight.narrow(0, 0, hidden).copy_(-forget);
                }
            }
            else if (name.Contains("lstm.bias_hh_l", StringComparison.Ordinal))
            {
                weight.narrow(0, hidden, hidden).zero_();
                if (chronoSteps is not null && name.StartsWith("encoder.", StringComparison.Ordinal))
                {
                    weight.narrow(0, 0, hidden).zero_();
                }
            }
        }
    }
}
